Attribute VB_Name = "modQnHost"
Option Explicit

' Everything that needs Windows or an Excel dialog. The tests replace this module by a double.

Private Declare PtrSafe Sub Sleep Lib "kernel32" (ByVal milliseconds As Long)

Private Const FolderPicker As Long = 4
Private Const InformationIcon As Long = 64
Private Const WarningIcon As Long = 48
Private Const QuestionIcon As Long = 36
Private Const YesAnswer As Long = 6
Private Const MostLinks As Long = 3000
Private Const ByCellColor As Long = 8
Private Const ByIcon As Long = 10

Public Sub QnHostMessage(ByVal text As String, ByVal title As String, ByVal warning As Boolean)
    ' Popup takes Unicode text; MsgBox turns Vietnamese into question marks.
    Dim icon As Long
    icon = InformationIcon
    If warning Then icon = WarningIcon
    On Error GoTo nowhere
    CreateObject("WScript.Shell").Popup text, 0, title, icon
    Exit Sub
nowhere:
    Application.StatusBar = text
End Sub

Public Function QnHostAsk(ByVal text As String, ByVal title As String) As Boolean
    QnHostAsk = (CreateObject("WScript.Shell").Popup(text, 0, title, QuestionIcon) = YesAnswer)
End Function

Public Function QnHostPickFolder(ByVal title As String, ByVal start As String) As String
    QnHostPickFolder = ""
    With Application.FileDialog(FolderPicker)
        .Title = title
        .InitialFileName = start
        .AllowMultiSelect = False
        If .Show = -1 Then QnHostPickFolder = .SelectedItems(1)
    End With
End Function

Public Function QnHostFileExists(ByVal path As String) As Boolean
    QnHostFileExists = CreateObject("Scripting.FileSystemObject").FileExists(path)
End Function

Public Function QnHostReadText(ByVal path As String) As String
    ' UTF-8 text; empty when the file is not there or is being replaced.
    Dim stream As Object
    QnHostReadText = ""
    On Error GoTo unreadable
    Set stream = CreateObject("ADODB.Stream")
    stream.Type = 2
    stream.Charset = "utf-8"
    stream.Open
    stream.LoadFromFile path
    QnHostReadText = stream.ReadText
    stream.Close
unreadable:
End Function

Public Sub QnHostPause(ByVal milliseconds As Long)
    Sleep milliseconds
End Sub

Public Function QnHostPythonProblem(ByVal interpreter As String) As String
    ' The key of the sentence that says why Python cannot be started from here, or empty.
    Dim path As String
    QnHostPythonProblem = ""
    path = CreateObject("WScript.Shell").ExpandEnvironmentStrings(interpreter)
    If path = "" Then
        QnHostPythonProblem = "python.unset"
    ElseIf Not QnIsAscii(path) Then
        QnHostPythonProblem = "python.path"
    ElseIf Not QnHostFileExists(path) Then
        QnHostPythonProblem = "python.missing"
    End If
End Function

Public Sub QnHostResizeTable(ByVal target As Worksheet, ByVal firstCell As String, ByVal rows As Long)
    ' The table that begins at this cell keeps its columns and gets this many rows under its heading.
    Dim table As ListObject
    Set table = target.Range(firstCell).ListObject
    If table Is Nothing Then Exit Sub
    If rows < 1 Then rows = 1
    table.Resize table.HeaderRowRange.Resize(rows + 1)
End Sub

Public Sub QnHostBegin()
    ' What the user sees stays: the window is frozen while sheets are rewritten, and the selection comes back.
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    Application.DisplayAlerts = False
End Sub

Public Sub QnHostEnd()
    Application.DisplayAlerts = True
    Application.EnableEvents = True
    Application.ScreenUpdating = True
End Sub

Public Sub QnHostCopyLinks(ByVal origin As Worksheet, ByVal target As Worksheet)
    ' The report lies one folder deeper than this workbook. Very long lists go without links.
    Dim one As Hyperlink
    Dim place As String
    target.Hyperlinks.Delete
    If origin.Hyperlinks.Count > MostLinks Then Exit Sub
    For Each one In origin.Hyperlinks
        place = one.Address
        If Left$(place, 3) = "..\" Or Left$(place, 3) = "../" Then place = Mid$(place, 4)
        target.Hyperlinks.Add target.Range(one.Range.Address), place, one.SubAddress
    Next one
End Sub

Public Sub QnHostFormatRows(ByVal target As Worksheet, ByVal first As Long, ByVal last As Long, ByVal columns As Long)
    ' New rows look like the first one.
    If last > first Then
        target.Range(target.Cells(first, 1), target.Cells(first, columns)).Copy
        target.Range(target.Cells(first + 1, 1), target.Cells(last, columns)).PasteSpecial -4122
        Application.CutCopyMode = False
    End If
End Sub

Public Function QnHostTakeFilters(ByVal target As Worksheet, ByVal firstCell As String) As Variant
    ' Shows all rows and returns what each column was filtered by: Array(criteria, operator, second criteria), or Empty.
    Dim table As ListObject
    Dim one As Object
    Dim kept() As Variant
    Dim i As Long
    QnHostTakeFilters = Empty
    Set table = target.Range(firstCell).ListObject
    If table Is Nothing Then Exit Function
    If table.AutoFilter Is Nothing Then Exit Function
    If Not table.AutoFilter.FilterMode Then Exit Function
    ReDim kept(1 To table.AutoFilter.Filters.Count)
    For i = 1 To table.AutoFilter.Filters.Count
        Set one = table.AutoFilter.Filters(i)
        kept(i) = OneFilter(one)
    Next i
    table.AutoFilter.ShowAllData
    QnHostTakeFilters = kept
End Function

Private Function OneFilter(ByVal one As Object) As Variant
    ' Filters by colour or by a choice of dates cannot be read back; such a column comes back unfiltered.
    Dim operator As Long
    OneFilter = Empty
    On Error GoTo unreadable
    If Not one.On Then Exit Function
    operator = one.Operator
    If operator = 1 Or operator = 2 Then
        OneFilter = Array(one.Criteria1, operator, one.Criteria2)
    ElseIf operator < ByCellColor Or operator > ByIcon Then
        OneFilter = Array(one.Criteria1, operator, Empty)
    End If
unreadable:
End Function

Public Sub QnHostPutFilters(ByVal target As Worksheet, ByVal firstCell As String, ByVal kept As Variant)
    Dim table As ListObject
    Dim i As Long
    If Not IsArray(kept) Then Exit Sub
    Set table = target.Range(firstCell).ListObject
    On Error Resume Next
    For i = LBound(kept) To UBound(kept)
        If IsArray(kept(i)) Then
            If kept(i)(1) = 0 Then
                table.Range.AutoFilter i, kept(i)(0)
            ElseIf IsEmpty(kept(i)(2)) Then
                table.Range.AutoFilter i, kept(i)(0), kept(i)(1)
            Else
                table.Range.AutoFilter i, kept(i)(0), kept(i)(1), kept(i)(2)
            End If
        End If
    Next i
End Sub

Public Sub QnHostNoteLook(ByVal place As Range)
    place.Merge
    place.WrapText = True
    place.HorizontalAlignment = -4131
    place.VerticalAlignment = -4108
    place.Font.Size = 10
    place.Font.Bold = False
    place.Font.Italic = True
    place.RowHeight = 20
End Sub

Public Sub QnHostCopyLook(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal rows As Long)
    Dim i As Long
    target.Cells.UnMerge
    origin.Cells.Copy
    target.Cells.PasteSpecial -4122
    target.Cells.PasteSpecial 8
    Application.CutCopyMode = False
    For i = 1 To rows
        target.Rows(i).RowHeight = origin.Rows(i).RowHeight
    Next i
End Sub

Public Sub QnHostCopyChoices(ByVal origin As Worksheet, ByVal target As Worksheet, ByVal first As Long, ByVal last As Long, ByVal columns As Long)
    ' The drop-downs of a list differ from row to row.
    target.Cells.Validation.Delete
    If last < first Then Exit Sub
    origin.Range(origin.Cells(first, 1), origin.Cells(last, columns)).Copy
    target.Range(target.Cells(first, 1), target.Cells(last, columns)).PasteSpecial 6
    Application.CutCopyMode = False
End Sub

Public Sub QnHostCopyCharts(ByVal origin As Worksheet, ByVal target As Worksheet)
    ' A chart of a page reads cells of that page: here the same cells, as many series, in the same place.
    ' A chart that cannot be changed keeps its cells; figures do not hang on it.
    Dim i As Long
    Dim j As Long
    Dim given As Object
    Dim own As Object
    On Error Resume Next
    For i = 1 To origin.ChartObjects.Count
        If i > target.ChartObjects.Count Then Exit Sub
        Set given = origin.ChartObjects(i)
        Set own = target.ChartObjects(i)
        own.Top = given.Top
        own.Left = given.Left
        own.Width = given.Width
        own.Height = given.Height
        Do While own.Chart.SeriesCollection.Count > given.Chart.SeriesCollection.Count
            own.Chart.SeriesCollection(own.Chart.SeriesCollection.Count).Delete
        Loop
        Do While own.Chart.SeriesCollection.Count < given.Chart.SeriesCollection.Count
            own.Chart.SeriesCollection.NewSeries
        Loop
        For j = 1 To given.Chart.SeriesCollection.Count
            own.Chart.SeriesCollection(j).Formula = Replace(given.Chart.SeriesCollection(j).Formula, "'" & origin.Name & "'!", "'" & Replace(target.Name, "'", "''") & "'!")
            own.Chart.SeriesCollection(j).Format.Fill.ForeColor.RGB = given.Chart.SeriesCollection(j).Format.Fill.ForeColor.RGB
        Next j
    Next i
End Sub

Public Sub QnHostCalculate()
    ' Functions do not depend on the figures in Excel's eyes, so only a full calculation shows the new ones.
    Application.CalculateFull
End Sub
