Attribute VB_Name = "modQnFigures"
Option Explicit

' Figures of the run that the workbook shows (tblFigure on the sheet shFigures), copied once into arrays.
' Keys are plan|group|unit|measure in binary order. Every look-up reads the stamp cell (the run number): another
' stamp means another run, and the arrays are copied again. No Python and no table objects are used here.

Private mStamp As String
Private mKeys() As String
Private mValues() As Double
Private mCount As Long
Private mRunCell As String

Public Function QnRun() As String
    If mRunCell = "" Then mRunCell = QnText("at.run")
    QnRun = CStr(shFigures.Range(mRunCell).Value)
End Function

Public Function QnShownAsOf() As Variant
    QnShownAsOf = shFigures.Range(QnText("at.as_of")).Value
End Function

Public Sub QnReady()
    ' Once a call: the arrays are those of the run that the stamp names.
    Dim stamp As String
    stamp = QnRun()
    If stamp <> "" And stamp = mStamp And mCount > 0 Then Exit Sub
    LoadFigures
    QnLoadWords
    mStamp = stamp
End Sub

Public Function QnFigure(ByVal key As String, ByRef value As Double) As Boolean
    ' After QnReady.
    Dim low As Long
    Dim high As Long
    Dim middle As Long
    Dim order As Long
    QnFigure = False
    low = 1
    high = mCount
    Do While low <= high
        middle = (low + high) \ 2
        order = StrComp(mKeys(middle), key, vbBinaryCompare)
        If order = 0 Then
            value = mValues(middle)
            QnFigure = True
            Exit Function
        ElseIf order < 0 Then
            low = middle + 1
        Else
            high = middle - 1
        End If
    Loop
End Function

Public Function QnHasGroup(ByVal plan As String, ByVal group As String, ByVal unit As String) As Boolean
    Dim total As Double
    QnHasGroup = QnFigure(plan & "|" & group & "|" & unit & "|total", total)
End Function

Public Sub QnForgetFigures()
    mStamp = ""
    mCount = 0
End Sub

Private Sub LoadFigures()
    Dim cells As Variant
    Dim i As Long
    Dim ordered As Boolean
    mCount = 0
    cells = shFigures.Range(QnText("at.figures")).CurrentRegion.Value
    If UBound(cells, 1) < 2 Then Exit Sub
    ReDim mKeys(1 To UBound(cells, 1) - 1)
    ReDim mValues(1 To UBound(cells, 1) - 1)
    ordered = True
    For i = 2 To UBound(cells, 1)
        mKeys(i - 1) = CStr(cells(i, 1)) & "|" & CStr(cells(i, 2)) & "|" & CStr(cells(i, 3)) & "|" & CStr(cells(i, 4))
        mValues(i - 1) = CDbl(cells(i, 5))
        If i > 2 Then
            If StrComp(mKeys(i - 2), mKeys(i - 1), vbBinaryCompare) > 0 Then ordered = False
        End If
    Next i
    mCount = UBound(cells, 1) - 1
    If Not ordered Then SortFigures
End Sub

Private Sub SortFigures()
    ' Somebody sorted the sheet by another column: put the copy back in order (Shell's method).
    Dim gap As Long
    Dim i As Long
    Dim j As Long
    Dim key As String
    Dim value As Double
    gap = mCount \ 2
    Do While gap > 0
        For i = gap + 1 To mCount
            key = mKeys(i)
            value = mValues(i)
            j = i
            Do While j > gap
                If StrComp(mKeys(j - gap), key, vbBinaryCompare) <= 0 Then Exit Do
                mKeys(j) = mKeys(j - gap)
                mValues(j) = mValues(j - gap)
                j = j - gap
            Loop
            mKeys(j) = key
            mValues(j) = value
        Next i
        gap = gap \ 2
    Loop
End Sub
