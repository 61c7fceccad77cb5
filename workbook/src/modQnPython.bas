Attribute VB_Name = "modQnPython"
Option Explicit

' The only module that calls Python. After one failure no formula tries again until a ribbon button resets it:
' a workbook with hundreds of formulas must not wait hundreds of times for a Python that policy forbids.

Private Const NumError As Long = 2036

Private mFailed As Boolean
Private mReason As String
Private mChecked As Boolean

Public Sub QnPythonReset()
    mFailed = False
    mChecked = False
    mReason = ""
End Sub

Public Function QnPythonReason() As String
    QnPythonReason = mReason
End Function

Public Function QnPythonFails() As Boolean
    ' Says why Python cannot be started, once, before the slow start is tried.
    Dim key As String
    If Not mChecked Then
        mChecked = True
        On Error Resume Next
        key = QnHostPythonProblem(QnSetting("INTERPRETER_WIN"))
        On Error GoTo 0
        If key <> "" Then
            mFailed = True
            mReason = QnText(key, QnSetting("INTERPRETER_WIN"))
        End If
    End If
    QnPythonFails = mFailed
End Function

Public Function QnFromPython(ByVal name As String, ByVal arguments As Variant) As Variant
    ' For formulas: the answer of a function of qn_xl.excel.udfs, or #NUM! when Python is not to be had.
    On Error GoTo failed
    If QnPythonFails() Then
        QnFromPython = CVErr(NumError)
        Exit Function
    End If
    QnFromPython = QnWithErrors(XLPy().CallUDF("qn_xl.excel.udfs", name, arguments))
    Exit Function
failed:
    mFailed = True
    mReason = QnText("python.start", Err.Description)
    QnFromPython = CVErr(NumError)
End Function

Public Function QnCommand(ByVal name As String, ByVal argument As String) As String
    ' For buttons: a command of qn_xl.excel.ribbon on this workbook. The reply is "ok|text" or "error|text".
    On Error GoTo failed
    If QnPythonFails() Then
        QnCommand = "error|" & mReason
        Exit Function
    End If
    QnCommand = CStr(XLPy().CallUDF("qn_xl.excel.ribbon", "door", Array(name, argument), ThisWorkbook))
    Exit Function
failed:
    mFailed = True
    mReason = QnText("python.start", Err.Description)
    QnCommand = "error|" & mReason
End Function

Public Function QnWithErrors(ByVal answer As Variant) As Variant
    ' Python writes errors as the text that Excel shows; cells get real error values.
    Dim i As Long
    Dim j As Long
    If Not IsArray(answer) Then
        QnWithErrors = OneAnswer(answer)
        Exit Function
    End If
    If QnDimensions(answer) = 1 Then
        For i = LBound(answer) To UBound(answer)
            answer(i) = OneAnswer(answer(i))
        Next i
    Else
        For i = LBound(answer, 1) To UBound(answer, 1)
            For j = LBound(answer, 2) To UBound(answer, 2)
                answer(i, j) = OneAnswer(answer(i, j))
            Next j
        Next i
    End If
    QnWithErrors = answer
End Function

Private Function OneAnswer(ByVal answer As Variant) As Variant
    OneAnswer = answer
    If VarType(answer) <> vbString Then Exit Function
    Select Case answer
        Case "#N/A"
            OneAnswer = CVErr(2042)
        Case "#VALUE!"
            OneAnswer = CVErr(2015)
        Case "#NUM!"
            OneAnswer = CVErr(NumError)
    End Select
End Function

Public Function QnDimensions(ByVal values As Variant) As Long
    Dim bound As Long
    On Error GoTo one
    QnDimensions = 1
    bound = UBound(values, 2)
    QnDimensions = 2
one:
End Function

Private Function QnSetting(ByVal key As String) As String
    Dim cells As Variant
    Dim i As Long
    cells = shConf.Range("A1").CurrentRegion.Value
    QnSetting = ""
    For i = 1 To UBound(cells, 1)
        If StrComp(CStr(cells(i, 1)), key, vbTextCompare) = 0 Then QnSetting = CStr(cells(i, 2))
    Next i
End Function
